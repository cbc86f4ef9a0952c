"""What turns the pages into the site: preparation, the strict build, the server."""
