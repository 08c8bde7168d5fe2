#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif
import Synchronization

/// Standard output or standard error.
///
/// Invariants: 1. bytes leave in the order of the calls; 2. a status line is on the screen only while `status` is set, and
/// never between other lines; 3. after the first failed write nothing more is written, and the failure is kept.
package final class TextStream: Sendable {
    package let capabilities: TerminalCapabilities

    private struct State {
        var buffer: [UInt8] = []
        var status: String?
        var failure: Int32?
    }

    /// Writes all bytes and returns 0, or the errno that stopped it.
    private let sink: @Sendable ([UInt8]) -> Int32
    private let state = Mutex(State())

    private static let bufferLimitBytes = 1 << 16
    /// Back to the first column, and erase the line (ECMA-48, 8.3.41).
    private static let eraseLine = "\r\u{1B}[2K"

    package init(capabilities: TerminalCapabilities, sink: @escaping @Sendable ([UInt8]) -> Int32) {
        self.capabilities = capabilities
        self.sink = sink
    }

    /// A stream on a file descriptor, which stays open.
    package convenience init(descriptor: Int32, environment: Environment = .process) {
        self.init(capabilities: .detect(descriptor: descriptor, environment: environment)) { bytes in
            Self.writeAll(bytes, to: descriptor)
        }
    }

    /// The same stream without colours, for `--no-color`. Nothing may have been written yet.
    func withoutColor() -> TextStream {
        var plain = capabilities
        plain.hasColor = false
        return TextStream(capabilities: plain, sink: sink)
    }

    /// Writes a line, or lines.
    package func write(_ text: StyledText) {
        write(raw: text.rendered(hasColor: capabilities.hasColor) + "\n")
    }

    /// Writes text that is known to hold no control characters from data.
    func write(raw text: String) {
        state.withLock { state in
            if state.status != nil { state.buffer += Self.eraseLine.utf8 }
            state.buffer += text.utf8
            if let status = state.status { state.buffer += status.utf8 }
            if capabilities.isTerminal || state.buffer.count >= Self.bufferLimitBytes { flush(&state) }
        }
    }

    /// Shows `line` as the last line of the terminal, in place of the one before; nil takes it away.
    func showStatus(_ line: StyledText?) {
        let status = line?.truncated(to: capabilities.columns - 1, ellipsis: capabilities.ellipsis)
            .rendered(hasColor: capabilities.hasColor)
        state.withLock { state in
            guard capabilities.canRewrite, status != nil || state.status != nil else { return }
            state.buffer += (Self.eraseLine + (status ?? "")).utf8
            state.status = status
            flush(&state)
        }
    }

    /// Takes the status line off the screen while another stream writes to the same terminal.
    func withoutStatus(_ body: () -> Void) {
        let status = state.withLock { state in
            if state.status != nil {
                state.buffer += Self.eraseLine.utf8
                flush(&state)
            }
            return state.status
        }
        body()
        if let status {
            state.withLock { state in
                state.buffer += status.utf8
                flush(&state)
            }
        }
    }

    /// Hands everything to the system.
    /// - Returns: the errno of the first write that failed, now or before.
    @discardableResult
    package func flush() -> Int32? {
        state.withLock { state in
            flush(&state)
            return state.failure
        }
    }

    private func flush(_ state: inout State) {
        defer { state.buffer.removeAll(keepingCapacity: true) }
        guard state.failure == nil, !state.buffer.isEmpty else { return }
        let code = sink(state.buffer)
        if code != 0 { state.failure = code }
    }

    private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
        bytes.withUnsafeBytes { buffer in
            var written = 0
            while written < buffer.count {
                let remaining = UnsafeRawBufferPointer(rebasing: buffer[written...])
                let count = systemWrite(descriptor, remaining.baseAddress, remaining.count)
                if count >= 0 {
                    written += count
                } else if errno == EAGAIN {
                    // Somebody else made the shared terminal non-blocking: wait until it takes more.
                    var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    _ = poll(&request, 1, -1)
                } else if errno != EINTR {
                    return errno
                }
            }
            return 0
        }
    }
}

/// write(2), under a name that the methods of `TextStream` do not hide.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}
