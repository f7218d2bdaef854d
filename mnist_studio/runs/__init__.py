"""Files of runs: written while they are trained, read to show them or to go on."""
