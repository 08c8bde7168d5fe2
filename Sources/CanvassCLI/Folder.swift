import CanvassCommandLine

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Folders on the way to a file.
enum Folder {
    /// Whether anything is at a path that a new file must not replace, a link that leads nowhere included. An empty file
    /// is nothing: `mktemp` makes one, and so does an `init` that was cut short.
    static func holds(_ path: String) -> Bool {
        var status = stat()
        guard lstat(path, &status) == 0 else { return false }
        return status.st_mode & S_IFMT != S_IFREG || status.st_size > 0
    }

    /// Makes the folders that a file is to lie in, for this user alone as the XDG specification asks.
    static func make(for path: String) throws(UserError) {
        guard let end = path.lastIndex(of: "/"), end != path.startIndex else { return }
        let folder = String(path[..<end])
        var status = stat()
        if stat(folder, &status) == 0 {
            guard status.st_mode & S_IFMT == S_IFDIR else { throw unusable(folder, ENOTDIR) }
            return
        }
        guard errno == ENOENT else { throw unusable(folder, errno) }
        try make(for: folder)
        guard mkdir(folder, 0o700) == 0 || errno == EEXIST else { throw unusable(folder, errno) }
    }

    private static func unusable(_ folder: String, _ code: Int32) -> UserError {
        UserError(
            code: "file.no-folder", "the folder \(folder) cannot be used", why: String(cString: strerror(code)),
            remedy: "Choose a file in a folder that you may write to.")
    }
}
