//! The pull request's text and the commit's message.
