"""Many runs with values varied: what is planned, and the processes that train it."""
