"""What to find out first, and tours of survey teams to the sites."""
