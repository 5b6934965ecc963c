using System.Collections.Immutable;
using Orleans;
using Orleans.Concurrency;
using Orleans.Runtime;
using Orleans.Serialization;

namespace OrleansSemantics;

[GenerateSerializer, Alias("tests.point")]
internal sealed record Point(int X, List<string> Tags);

[GenerateSerializer, Alias("tests.node")]
internal sealed class Node
{
    [Id(0)] public string Name { get; set; } = "";
    [Id(1)] public Node? Next { get; set; }
    [Id(2)] public Dictionary<string, List<int>> Values { get; set; } = [];
    public string Unnumbered { get; set; } = "default";
}

[GenerateSerializer, Immutable, Alias("tests.frozen")]
internal sealed record Frozen(List<int> Items);

[AsJson]
internal sealed record Wire(string Name, IReadOnlyList<double> Values, Kind Kind);

[AsJson]
internal readonly record struct WireId(Guid Value);

internal enum Kind
{
    One,
    Two,
}

internal sealed class Stranger
{
    public int Value { get; set; }
}

internal interface IKeeperGrain : IGrainWithStringKey
{
    Task KeepList(List<string> list);
    Task KeepPoint(Point point);
    Task<bool> KeepNode(Node node);
    Task KeepFrozen(Frozen frozen);
    Task KeepWrapped(Immutable<List<int>> list);
    Task KeepWire(Wire wire, WireId[] ids);
    Task KeepAny(object any);
    Task<List<string>> List();
    Task<Point> KeptPoint();
    Task<Node> KeptNode();
    Task<Frozen> KeptFrozen();
    Task<Immutable<List<int>>> KeptWrapped();
    Task<Wire> KeptWire();
    Task<object> Any();
    Task<(int, string?, ImmutableArray<int>, IReadOnlyDictionary<string, Kind>)> Several(int a, string? b, ImmutableArray<int> c, IReadOnlyDictionary<string, Kind> d);
    Task<IReadOnlyList<int>> Sequence(IReadOnlyList<int> values);
    ValueTask<IKeeperGrain> Itself();
}

internal sealed class KeeperGrain : Grain, IKeeperGrain
{
    private List<string> _list = [];
    private Point? _point;
    private Node? _node;
    private Frozen? _frozen;
    private Immutable<List<int>> _wrapped;
    private Wire? _wire;
    private object _any = "";

    public Task KeepList(List<string> list) => Set(() => _list = list);
    public Task KeepPoint(Point point) => Set(() => _point = point);
    public Task KeepFrozen(Frozen frozen) => Set(() => _frozen = frozen);
    public Task KeepWrapped(Immutable<List<int>> list) => Set(() => _wrapped = list);
    public Task KeepWire(Wire wire, WireId[] ids) => Set(() => _wire = wire with { Name = $"{wire.Name} {ids.Length}" });
    public Task KeepAny(object any) => Set(() => _any = any);

    public Task<bool> KeepNode(Node node)
    {
        _node = node;
        return Task.FromResult(ReferenceEquals(node.Next?.Next, node));
    }

    public Task<List<string>> List() => Task.FromResult(_list);
    public Task<Point> KeptPoint() => Task.FromResult(_point!);
    public Task<Node> KeptNode() => Task.FromResult(_node!);
    public Task<Frozen> KeptFrozen() => Task.FromResult(_frozen!);
    public Task<Immutable<List<int>>> KeptWrapped() => Task.FromResult(_wrapped);
    public Task<Wire> KeptWire() => Task.FromResult(_wire!);
    public Task<object> Any() => Task.FromResult<object>(new Stranger());

    public Task<(int, string?, ImmutableArray<int>, IReadOnlyDictionary<string, Kind>)> Several(
        int a, string? b, ImmutableArray<int> c, IReadOnlyDictionary<string, Kind> d) => Task.FromResult((a, b, c, d));

    public Task<IReadOnlyList<int>> Sequence(IReadOnlyList<int> values) => Task.FromResult(values);

    public ValueTask<IKeeperGrain> Itself() => ValueTask.FromResult(this.AsReference<IKeeperGrain>());

    private static Task Set(Action set)
    {
        set();
        return Task.CompletedTask;
    }
}

public sealed class CopyTests : IAsyncLifetime
{
    private TestSilo _silo = null!;
    private IKeeperGrain _grain = null!;

    public async ValueTask InitializeAsync()
    {
        _silo = await TestSilo.Start();
        _grain = _silo.Grains.GetGrain<IKeeperGrain>("a");
    }

    public ValueTask DisposeAsync() => _silo.DisposeAsync();

    [Fact]
    public async Task Changing_an_argument_after_the_call_does_not_reach_the_grain()
    {
        List<string> list = ["a"];
        await _grain.KeepList(list);
        list.Add("b");

        Assert.Equal(["a"], await _grain.List());
    }

    [Fact]
    public async Task Changing_a_result_does_not_reach_the_grain()
    {
        await _grain.KeepList(["a"]);
        (await _grain.List()).Add("b");

        Assert.Equal(["a"], await _grain.List());
    }

    [Fact]
    public async Task A_record_is_copied_to_its_depth()
    {
        var point = new Point(1, ["a"]);
        await _grain.KeepPoint(point);
        point.Tags.Add("b");
        var kept = await _grain.KeptPoint();

        Assert.Equal(1, kept.X);
        Assert.Equal(["a"], kept.Tags);
    }

    [Fact]
    public async Task Shared_and_cyclic_references_stay_so_and_unnumbered_members_stay_behind()
    {
        var node = new Node { Name = "a", Unnumbered = "set", Values = { ["x"] = [1, 2] } };
        node.Next = new Node { Name = "b", Next = node };

        Assert.True(await _grain.KeepNode(node));
        node.Values["x"].Clear();
        var kept = await _grain.KeptNode();

        Assert.Equal(("a", "b", "default"), (kept.Name, kept.Next!.Name, kept.Unnumbered));
        Assert.Equal([1, 2], kept.Values["x"]);
    }

    [Fact]
    public async Task What_is_immutable_is_shared()
    {
        var frozen = new Frozen([1]);
        var wrapped = new List<int> { 1 };
        await _grain.KeepFrozen(frozen);
        await _grain.KeepWrapped(wrapped.AsImmutable());

        Assert.Same(frozen, await _grain.KeptFrozen());
        Assert.Same(wrapped, (await _grain.KeptWrapped()).Value);
    }

    [Fact]
    public async Task A_type_that_the_JSON_serializer_accepts_is_copied()
    {
        double[] values = [0.5, 1];
        await _grain.KeepWire(new Wire("w", values, Kind.Two), [new WireId(Guid.NewGuid()), default]);
        values[0] = 7;
        var kept = await _grain.KeptWire();

        Assert.Equal(("w 2", Kind.Two), (kept.Name, kept.Kind));
        Assert.Equal([0.5, 1], kept.Values);
    }

    [Fact]
    public async Task Tuples_nulls_and_collections_of_the_class_library_cross()
    {
        var (a, b, c, d) = await _grain.Several(1, null, [1, 2], new Dictionary<string, Kind> { ["x"] = Kind.Two });

        Assert.Equal((1, null), (a, b));
        Assert.Equal([1, 2], c);
        Assert.Equal(Kind.Two, d["x"]);
    }

    [Fact]
    public async Task Sequences_cross_as_their_interface_whatever_their_class()
    {
        Assert.Equal([1, 2, 3], await _grain.Sequence([1, 2, 3]));
    }

    [Fact]
    public async Task A_reference_crosses_and_works_on_the_other_side()
    {
        await _grain.KeepList(["a"]);
        var again = await _grain.Itself();

        Assert.Equal(_grain, again);
        Assert.Equal(["a"], await again.List());
    }

    [Fact]
    public async Task An_argument_of_unknown_type_is_refused_by_name()
    {
        var error = await Assert.ThrowsAsync<CodecNotFoundException>(() => _grain.KeepAny(new Stranger()));

        Assert.Contains(nameof(Stranger), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_result_of_unknown_type_is_refused_by_name()
    {
        var error = await Assert.ThrowsAsync<CodecNotFoundException>(() => _grain.Any());

        Assert.Contains(nameof(Stranger), error.Message, StringComparison.Ordinal);
    }
}
