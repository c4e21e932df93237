namespace Tore.Mesh.Scenarios;

/// <summary>Something to run by name.</summary>
internal interface IScenario
{
    /// <summary>Its name on the command line.</summary>
    string Name { get; }

    /// <summary>What it shows, in a line, with how long it takes.</summary>
    string Summary { get; }

    /// <summary>Runs it.</summary>
    ScenarioResult Run(ScenarioOptions options);
}
