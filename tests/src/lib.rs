//! End-to-end tests on built binaries.
