import AmbassadorCore
import Testing

@testable import ambassador

@Suite struct AdminKeyTests {
    @Test("the key is read from the file, else from the environment, without the spaces around it")
    func found() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("  amb_file\n", to: "key")
        let environment = [AdminKey.variable: "amb_variable\n"]
        #expect(try AdminKey.find(file: file, environment: environment)?.revealed == "amb_file")
        #expect(try AdminKey.find(file: nil, environment: environment)?.revealed == "amb_variable")
        #expect(try AdminKey.find(file: nil, environment: [AdminKey.variable: ""]) == nil)
        #expect(try AdminKey.find(file: nil, environment: [:]) == nil)
    }

    @Test(
        "what cannot be a key is refused, and not shown",
        arguments: ["", " ", "a b", "secret\r\nx: y", "sécret", "a\0"]
    )
    func refused(_ text: String) throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(text, to: "key")
        let error = #expect(throws: CommandFailure.self) { try AdminKey.find(file: file, environment: [:]) }
        #expect(error?.description.contains("secret") == false)
        #expect(throws: CommandFailure.self) { try AdminKey.find(file: folder.path + "/none", environment: [:]) }
        guard !text.isEmpty else { return }
        #expect(throws: CommandFailure.self) { try AdminKey.find(file: nil, environment: [AdminKey.variable: text]) }
    }

    @Test("the variable of the key is no setting, and stops no start")
    func environment() throws {
        #expect(try errors(of: "", environment: [AdminKey.variable: "amb_x"]) == [])
        #expect(try errors(of: "", environment: [AdminKey.variable + "S": "amb_x"]).count == 1)
    }
}
