-- Silos that know migration 004 can work with this.
-- The members of an Orleans cluster (VIVIT_CLUSTERING=postgres). Microsoft.Orleans.Clustering.AdoNet reads the statements that it may say from orleansquery, by key;
-- parameters and columns have the names and types that it binds and reads, the tables are ours. A change of members must name the version of the cluster
-- that it was decided on, and raises it: of two silos that decide at once one is told no and looks again.

create table orleans_cluster (
  id         text primary key,
  version    int not null default 0,
  changed_at timestamptz not null default clock_timestamp()
);

create table orleans_silo (
  cluster_id   text not null references orleans_cluster on delete cascade,
  address      text not null,
  port         int not null,
  generation   int not null,                           -- tells a silo from the one before at the same address
  name         text not null,
  host         text not null,
  status       int not null,                           -- Orleans.Runtime.SiloStatus; 3 is Active
  gateway_port int not null,
  suspected_by text,                                   -- Orleans' own notation
  started_at   timestamptz not null,
  alive_at     timestamptz not null,
  primary key (cluster_id, address, port, generation)
) with (fillfactor = 50);

create table orleansquery (
  querykey  text primary key,
  querytext text not null
);

insert into orleansquery (querykey, querytext) values
('InsertMembershipVersionKey', $$
with made as (insert into orleans_cluster (id) values (@DeploymentId) on conflict do nothing returning 1)
select count(*)::int from made
$$),
('InsertMembershipKey', $$
with cluster as (
  update orleans_cluster c set version = c.version + 1, changed_at = clock_timestamp()
  where c.id = @DeploymentId and c.version = @Version
    and not exists (select from orleans_silo s where s.cluster_id = c.id and s.address = @Address and s.port = @Port and s.generation = @Generation)
  returning c.id),
joined as (
  insert into orleans_silo (cluster_id, address, port, generation, name, host, status, gateway_port, started_at, alive_at)
  select id, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime, @IAmAliveTime from cluster
  returning 1)
select count(*)::int from joined
$$),
('UpdateMembershipKey', $$
with cluster as (
  update orleans_cluster c set version = c.version + 1, changed_at = clock_timestamp()
  where c.id = @DeploymentId and c.version = @Version
    and exists (select from orleans_silo s where s.cluster_id = c.id and s.address = @Address and s.port = @Port and s.generation = @Generation)
  returning c.id),
changed as (
  update orleans_silo s set status = @Status, suspected_by = @SuspectTimes, alive_at = @IAmAliveTime
  from cluster where s.cluster_id = cluster.id and s.address = @Address and s.port = @Port and s.generation = @Generation
  returning 1)
select count(*)::int from changed
$$),
('UpdateIAmAlivetimeKey', $$
update orleans_silo set alive_at = @IAmAliveTime
where cluster_id = @DeploymentId and address = @Address and port = @Port and generation = @Generation
$$),
('MembershipReadRowKey', $$
select c.id as DeploymentId, s.address as Address, s.port as Port, s.generation as Generation, s.name as SiloName, s.host as HostName, s.status as Status,
       s.gateway_port as ProxyPort, s.suspected_by as SuspectTimes, s.started_at as StartTime, s.alive_at as IAmAliveTime, c.version as Version
from orleans_cluster c
left join orleans_silo s on s.cluster_id = c.id and s.address = @Address and s.port = @Port and s.generation = @Generation
where c.id = @DeploymentId
$$),
('MembershipReadAllKey', $$
select c.id as DeploymentId, s.address as Address, s.port as Port, s.generation as Generation, s.name as SiloName, s.host as HostName, s.status as Status,
       s.gateway_port as ProxyPort, s.suspected_by as SuspectTimes, s.started_at as StartTime, s.alive_at as IAmAliveTime, c.version as Version
from orleans_cluster c left join orleans_silo s on s.cluster_id = c.id
where c.id = @DeploymentId
$$),
('GatewaysQueryKey', $$
select address as Address, gateway_port as ProxyPort, generation as Generation
from orleans_silo where cluster_id = @DeploymentId and status = @Status and gateway_port > 0
$$),
('DeleteMembershipTableEntriesKey', $$
delete from orleans_cluster where id = @DeploymentId
$$),
('CleanupDefunctSiloEntriesKey', $$
delete from orleans_silo where cluster_id = @DeploymentId and status <> 3 and alive_at < @IAmAliveTime
$$);
