using Npgsql;

namespace ViViT.Storage;

/// <summary>What a silo may do that runs under a role of its own and not as the owner of the schema: read and write rows, and nothing else.</summary>
public static class SiloRights
{
    /// <summary>The role; a database without it needs no rights for it.</summary>
    public const string Role = "vivit_silo";

    /// <summary>Grants them on everything that the caller owns, so after each migration anew. Which migrations there are and what silos said in the past stays as it is.</summary>
    public static Task Grant(NpgsqlDataSource database, CancellationToken cancellation) => database.Execute($"""
        -- SiloRights.Grant
        do $$
        declare
          thing record;
        begin
          if not exists (select from pg_roles where rolname = '{Role}' and rolname <> current_user) then return; end if;
          execute format('grant usage on schema %I to {Role}', current_schema());
          for thing in select oid::regclass as name, relkind from pg_class
                       where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p', 'v', 'S') and not relispartition and pg_has_role(relowner, 'usage') loop
            execute format(case
              when thing.relkind = 'S' then 'grant usage, select on sequence %s to {Role}'
              when thing.name in ('schema_migration'::regclass, 'orleansquery'::regclass) or thing.relkind = 'v' then 'grant select on %s to {Role}'
              when thing.name = 'event'::regclass then 'grant select, insert on %s to {Role}'
              else 'grant select, insert, update, delete on %s to {Role}' end, thing.name);
          end loop;
          grant execute on function metric_partitions_for(bigint), analyze_experiments() to {Role};
        end $$
        """, cancellation);
}
