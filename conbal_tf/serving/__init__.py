"""The graph from encoded image bytes to answers."""
