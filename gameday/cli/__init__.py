"""The commands: one a file, thin. They ask the other rooms and print."""
