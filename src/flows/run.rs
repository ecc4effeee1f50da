//! The same on this machine: run a command, snapshot what it left, heal, show, ask.
