"""The pages for readers, and the programs that keep them true."""
