Console.Error.WriteLine("benchmarks: no suite named; see --help");
return 2;
