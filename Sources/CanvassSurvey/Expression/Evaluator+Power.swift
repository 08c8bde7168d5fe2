#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension Evaluator {
    /// The standard library has no power of doubles.
    static func power(_ base: Double, _ exponent: Double) -> Double {
        pow(base, exponent)
    }
}
