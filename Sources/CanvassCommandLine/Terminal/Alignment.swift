/// Which edge of a column its texts touch: left for words, right for numbers.
package enum Alignment: Sendable {
    case left
    case right
}
