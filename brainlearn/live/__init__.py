"""A page that shows a run while it trains, served to browsers on this machine only."""
