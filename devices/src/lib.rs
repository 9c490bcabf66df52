//! Everything that touches hardware, each behind one small trait with a second, software, implementation.
