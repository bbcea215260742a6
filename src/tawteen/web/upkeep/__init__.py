"""What operators do with a workspace besides serving it. Each verb sets Django up for the folder that it is given."""
