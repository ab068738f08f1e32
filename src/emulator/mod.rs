//! A strict Bot API server for demo and tests.
