"""What reports, areas, files of reports and the lägesbild are. Pure: no I/O, no clock, no randomness."""
