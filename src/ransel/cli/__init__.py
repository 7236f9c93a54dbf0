"""The command line. `main` declares the commands; what a command does is imported when it is called."""
