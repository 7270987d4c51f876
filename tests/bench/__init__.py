"""`make bench`: what pages and ticks cost with 20,000 projects; never part of the tests."""
