"""The evidence page: one HTML file from the runs, nothing in it comes from the network."""
