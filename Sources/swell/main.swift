import CLinux
import Glibc
import Terminal

// Before any thread starts, so that every thread inherits the mask.
Terminal.blockSignals()
// sendfile(2) has no MSG_NOSIGNAL.
signal(SIGPIPE, SIG_IGN)
exit(Shell.run(Array(CommandLine.arguments.dropFirst())))
