"""The demo: a synthetic programme of thirty-seven children, relative to the present instant."""
