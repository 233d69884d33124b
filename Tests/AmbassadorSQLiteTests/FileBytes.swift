import Foundation

func bytes(ofFile path: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: path)))
}

func write(_ bytes: [UInt8], toFile path: String) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: path))
}
