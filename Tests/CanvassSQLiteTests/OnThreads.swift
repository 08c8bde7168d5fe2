import Foundation

/// Runs `body` for 0 ..< count on threads of their own, and returns what they threw.
func onThreads(_ count: Int, _ body: @escaping @Sendable (Int) throws -> Void) async -> [String] {
    await withTaskGroup(of: String?.self) { group in
        for index in 0..<count {
            group.addTask {
                await withCheckedContinuation { continuation in
                    Thread {
                        do {
                            try body(index)
                            continuation.resume(returning: nil)
                        } catch {
                            continuation.resume(returning: "\(error)")
                        }
                    }.start()
                }
            }
        }
        return await group.reduce(into: []) { if let failure = $1 { $0.append(failure) } }
    }
}
