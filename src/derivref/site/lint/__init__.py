"""What judges pages and the built site: snippets, prose, the files that a browser gets."""
