extension QRMatrix {
    /// How much of what confuses readers the code shows (ISO/IEC 18004, section 7.8.3): the mask with the least is taken.
    var penalty: Int {
        let size = version.size
        var sum = 0
        var darkCount = 0
        for first in 0..<size {
            var row = QRLine()
            var column = QRLine()
            for second in 0..<size {
                let isDark = dark[first * size + second]
                row.append(isDark)
                column.append(dark[second * size + first])
                darkCount += isDark ? 1 : 0
                if first > 0, second > 0, isDark == dark[(first - 1) * size + second],
                    isDark == dark[first * size + second - 1], isDark == dark[(first - 1) * size + second - 1]
                {
                    sum += 3
                }
            }
            sum += row.finished() + column.finished()
        }
        // Ten for each 5 % by which the dark modules are more or less than half.
        let deviation = abs(darkCount * 20 - size * size * 10)
        return sum + 10 * (deviation / (size * size))
    }
}

/// A row or a column, module by module: runs of one colour, and what looks like a finder.
private struct QRLine {
    private var sum = 0
    private var run = 0
    private var isDark = false
    /// The lengths of the last runs, the latest last; they begin with the light of the quiet zone, which has no end.
    private var runs = [QRCode.quietZone]

    mutating func append(_ isDark: Bool) {
        guard isDark != self.isDark else {
            run += 1
            return
        }
        endRun()
        self.isDark = isDark
        run = 1
    }

    /// - Returns: the penalty of the line.
    mutating func finished() -> Int {
        if isDark {
            endRun()
            run = 0
        }
        // The line ends in the quiet zone.
        let inside = run
        run = 0
        if inside >= 5 { sum += inside - 2 }
        runs.append(inside + QRCode.quietZone)
        judgeFinder()
        return sum
    }

    private mutating func endRun() {
        if run >= 5 { sum += run - 2 }
        if runs.count == 1, !isDark {
            runs[0] += run
        } else {
            runs.append(run)
        }
        run = 0
        if !isDark { judgeFinder() }
    }

    /// Dark and light as 1 : 1 : 3 : 1 : 1 with four times as much light before or after, where a light run has just ended.
    private mutating func judgeFinder() {
        guard runs.count >= 7 else { return }
        let last = Array(runs.suffix(7))
        let unit = last[1]
        guard last[2] == unit, last[3] == 3 * unit, last[4] == unit, last[5] == unit else { return }
        if last[0] >= 4 * unit, last[6] >= unit { sum += 40 }
        if last[6] >= 4 * unit, last[0] >= unit { sum += 40 }
    }
}
