namespace Tore.Mesh.Host.Api;

/// <summary>What the HTTP interface counts since the start of the process.</summary>
internal sealed class ApiMetrics
{
    /// <summary>Generations asked for.</summary>
    public Counter Requests { get; } = new();

    /// <summary>Generations that ended as asked.</summary>
    public Counter Completed { get; } = new();

    /// <summary>Generations that ended in an error.</summary>
    public Counter Failed { get; } = new();

    /// <summary>Generations whose client went away.</summary>
    public Counter Abandoned { get; } = new();

    /// <summary>Clients that were cut off because they did not read.</summary>
    public Counter ClientsCutOff { get; } = new();

    /// <summary>Requests refused by the gate: host, origin, key, media type, drain.</summary>
    public Counter Refused { get; } = new();

    /// <summary>Tokens of prompts.</summary>
    public Counter PromptTokens { get; } = new();

    /// <summary>Tokens generated.</summary>
    public Counter GeneratedTokens { get; } = new();

    /// <summary>A number that only rises.</summary>
    internal sealed class Counter
    {
        private long _value;

        /// <summary>The number now.</summary>
        public long Value => Interlocked.Read(ref _value);

        /// <summary>Raises it.</summary>
        public void Add(long amount = 1) => Interlocked.Add(ref _value, amount);
    }
}
