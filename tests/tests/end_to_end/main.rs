//! The whole on built programs. `BINARIES` names their folder; `make test` builds them and sets it.

mod window;
