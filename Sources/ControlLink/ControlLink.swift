/// ControlLink: Control over a Unix socket, both ends.
///
/// Owns the framing, the peer's credentials and the role they give. Refuses to know what questions
/// or commands mean. Imports Control, Transport, CLinux.
