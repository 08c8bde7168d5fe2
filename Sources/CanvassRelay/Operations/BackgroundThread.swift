#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A thread for work that waits, which would hold up the threads of Swift's own pool.
package final class BackgroundThread: Sendable {
    private let body: @Sendable () -> Void

    package init(_ body: @escaping @Sendable () -> Void) {
        self.body = body
    }

    /// - Returns: false where the system has no room for another thread.
    package func start() -> Bool {
        #if canImport(Glibc)
            var thread = pthread_t()
        #else
            var thread: pthread_t?
        #endif
        // Balanced by the thread itself.
        let context = Unmanaged.passRetained(self)
        let code = pthread_create(&thread, nil, Self.main, context.toOpaque())
        guard code == 0 else {
            context.release()
            return false
        }
        #if canImport(Glibc)
            pthread_detach(thread)
        #else
            if let thread { pthread_detach(thread) }
        #endif
        return true
    }

    #if canImport(Glibc)
        private static let main: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { context in
            if let context { Unmanaged<BackgroundThread>.fromOpaque(context).takeRetainedValue().body() }
            return nil
        }
    #else
        private static let main: @convention(c) (UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? = { context in
            Unmanaged<BackgroundThread>.fromOpaque(context).takeRetainedValue().body()
            return nil
        }
    #endif
}
