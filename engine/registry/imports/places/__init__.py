"""Where somebody is: missions and mine sites."""
