"""The cortical microcircuit of Potjans & Diesmann 2014 in brainlearn, NEST and stock Brian2, side by side."""
