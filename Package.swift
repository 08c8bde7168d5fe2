// swift-tools-version: 6.2
import PackageDescription

/// Compiles planted bugs into the engine, for the test of the simulator (Sources/CanvassPlantedBugs). A build without the
/// variable contains nothing of them.
let plantsBugs = Context.environment["CANVASS_PLANTED_BUGS"] != nil

/// Every target is held to the same rules: Swift 6 mode, explicit imports and existentials, no warnings.
let rules: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]
let settings: [SwiftSetting] =
    plantsBugs
    ? rules + [
        .define("PLANTED_BUGS"),
        .unsafeFlags(["-Xfrontend", "-import-module", "-Xfrontend", "CanvassPlantedBugs"]),
    ] : rules
let planted: [Target.Dependency] = plantsBugs ? ["CanvassPlantedBugs"] : []

func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies + planted, swiftSettings: settings)
}

func executable(
    _ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = [],
    linkerSettings: [LinkerSetting] = []
) -> Target {
    .executableTarget(
        name: name, dependencies: dependencies + planted, resources: resources, swiftSettings: settings,
        linkerSettings: linkerSettings)
}

/// Puts the Swift runtime into the program, so that it runs where no Swift is installed. In release builds alone: in debug
/// builds the objects of programs are linked into the tests as well, which come with a runtime of their own.
let selfContained: [LinkerSetting] = [
    .unsafeFlags(["-static-stdlib"], .when(platforms: [.linux], configuration: .release))
]

func tests(
    _ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []
) -> Target {
    .testTarget(
        name: name, dependencies: dependencies + planted + ["TestSupport"], resources: resources,
        swiftSettings: settings)
}

let systemModules: [Target] = [
    .systemLibrary(name: "CanvassCSQLite", providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(name: "CanvassCZlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CanvassCEpoll"),
    .systemLibrary(name: "CanvassCPostgres", providers: [.apt(["libpq-dev"])]),
]

let bugs: [Target] = plantsBugs ? [.target(name: "CanvassPlantedBugs", swiftSettings: rules)] : []

let engine: [Target] = [
    .target(
        name: "CanvassCoding", dependencies: ["CanvassCZlib"] + planted, swiftSettings: settings,
        linkerSettings: [.linkedLibrary("m", .when(platforms: [.linux]))]),
    library("CanvassSQLite", ["CanvassCSQLite"]),
    library("CanvassCRDT", ["CanvassCoding"]),
    library("CanvassWire", ["CanvassCRDT", "CanvassCoding"]),
    library("CanvassSync", ["CanvassWire", "CanvassCRDT"]),
    library("CanvassStore", ["CanvassSQLite", "CanvassWire", "CanvassSync", "CanvassCRDT", "CanvassCoding"]),
]

let surveys: [Target] = [
    library("CanvassSurvey", ["CanvassCoding"]),
    library("CanvassXLSForm", ["CanvassSurvey", "CanvassCoding"]),
    library("CanvassInsight", ["CanvassCoding"]),
]

let network: [Target] = [
    library("CanvassHTTP", ["CanvassCoding"]),
    library("CanvassHTTPServer", ["CanvassHTTP", "CanvassCEpoll"]),
    library("CanvassHTTPClient", ["CanvassHTTP", "CanvassSync", "CanvassWire", "CanvassCoding"]),
    library(
        "CanvassRelay",
        ["CanvassHTTPServer", "CanvassHTTP", "CanvassWire", "CanvassCRDT", "CanvassCoding", "CanvassSQLite"]),
]

/// Empty without the trait, and then in need of nothing.
let postgres: [Target] = [
    library(
        "CanvassRelayPostgres",
        [
            "CanvassRelay", "CanvassSQLite",
            .target(name: "CanvassCPostgres", condition: .when(traits: ["Postgres"])),
        ])
]

/// What only tests and `canvass-bench` use: no product that people install depends on it.
let simulation: [Target] = [
    .target(name: "CanvassCCrashDisk", dependencies: ["CanvassCSQLite"], exclude: ["README.md"]),
    .target(
        name: "CanvassSimulator",
        dependencies: [
            "CanvassCCrashDisk", "CanvassRelay", "CanvassHTTPServer", "CanvassHTTP", "CanvassStore", "CanvassSync",
            "CanvassWire",
            "CanvassSQLite", "CanvassCRDT", "CanvassCoding",
        ] + planted, exclude: ["README.md"], swiftSettings: settings),
    .target(
        name: "CanvassTrials",
        dependencies: [
            "CanvassSimulator", "Canvass", "CanvassRelay", "CanvassHTTPServer", "CanvassHTTP", "CanvassStore",
            "CanvassSync", "CanvassWire",
            "CanvassSQLite", "CanvassSurvey", "CanvassCRDT", "CanvassCoding",
        ] + planted,
        resources: [
            .embedInCode("Fixtures/replica-version-1.deflate"), .embedInCode("Fixtures/relay-version-1.deflate"),
        ], swiftSettings: settings),
]

let products: [Target] = [
    library(
        "Canvass",
        [
            "CanvassStore", "CanvassSQLite", "CanvassSync", "CanvassSurvey", "CanvassInsight", "CanvassWire",
            "CanvassCRDT", "CanvassCoding", "CanvassHTTPClient",
        ]),
    library("CanvassCommandLine", ["CanvassCoding"]),
    executable(
        "CanvassCLI",
        [
            "Canvass", "CanvassStore", "CanvassXLSForm", "CanvassSurvey", "CanvassInsight", "CanvassSQLite",
            "CanvassCRDT",
            "CanvassCoding", "CanvassCommandLine",
        ]),
    executable(
        "CanvassRelayCLI",
        [
            "CanvassRelay", "CanvassRelayPostgres", "CanvassHTTPServer", "CanvassHTTP", "CanvassWire", "CanvassCoding",
            "CanvassCommandLine",
        ],
        linkerSettings: selfContained),
    executable(
        "CanvassBenchmarks",
        [
            "Canvass", "CanvassTrials", "CanvassSimulator", "CanvassRelay", "CanvassHTTPServer", "CanvassHTTP",
            "CanvassStore", "CanvassSQLite", "CanvassCSQLite", "CanvassHTTPClient", "CanvassSync", "CanvassWire",
            "CanvassCRDT",
            "CanvassSurvey", "CanvassXLSForm", "CanvassInsight", "CanvassCoding", "CanvassCommandLine",
        ], resources: [.embedInCode("thresholds.json"), .embedInCode("Benchmarks/Peers/peers.py")]),
]

let testTargets: [Target] = [
    .target(name: "TestSupport", dependencies: planted, path: "Tests/Support", swiftSettings: settings),
    tests("CanvassCodingTests", ["CanvassCoding"]),
    tests("CanvassSQLiteTests", ["CanvassSQLite"]),
    tests("CanvassCRDTTests", ["CanvassCRDT", "CanvassCoding"]),
    tests("CanvassWireTests", ["CanvassWire", "CanvassCRDT", "CanvassCoding"]),
    tests("CanvassSyncTests", ["CanvassSync", "CanvassWire", "CanvassCRDT"]),
    tests(
        "CanvassStoreTests",
        ["CanvassStore", "CanvassSync", "CanvassWire", "CanvassCRDT", "CanvassCoding", "CanvassSQLite"]),
    tests("CanvassSurveyTests", ["CanvassSurvey", "CanvassCoding"]),
    tests("CanvassXLSFormTests", ["CanvassXLSForm", "CanvassSurvey", "CanvassCoding"], resources: [.copy("Fixtures")]),
    tests("CanvassInsightTests", ["CanvassInsight", "CanvassCoding"]),
    tests("CanvassHTTPTests", ["CanvassHTTPServer", "CanvassHTTP", "CanvassCoding"]),
    tests("CanvassHTTPClientTests", ["CanvassHTTPClient", "CanvassHTTP", "CanvassSync", "CanvassWire"]),
    tests(
        "CanvassRelayTests",
        [
            "CanvassRelay", "CanvassRelayPostgres", "CanvassHTTPServer", "CanvassHTTP", "CanvassWire", "CanvassCRDT",
            "CanvassCoding",
        ],
        resources: [.copy("Fixtures")]),
    tests(
        "CanvassTests",
        [
            "Canvass", "CanvassRelay", "CanvassHTTP", "CanvassHTTPClient", "CanvassSync", "CanvassWire", "CanvassStore",
            "CanvassSQLite", "CanvassInsight", "CanvassSurvey", "CanvassCRDT", "CanvassCoding",
        ]),
    tests("CanvassCommandLineTests", ["CanvassCommandLine", "CanvassCoding"]),
    tests("EndToEndTests", ["CanvassCRDT", "CanvassCoding", "CanvassCLI", "CanvassRelayCLI", "CanvassBenchmarks"]),
    tests(
        "SimulationTests",
        [
            "CanvassSimulator", "CanvassTrials", "Canvass", "CanvassRelay", "CanvassHTTPServer", "CanvassHTTP",
            "CanvassStore",
            "CanvassSQLite",
            "CanvassCRDT",
            "CanvassCoding",
        ]),
    tests("ConformanceTests", ["CanvassBenchmarks"]),
]

let package = Package(
    name: "canvass",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "Canvass", targets: ["Canvass"]),
        .executable(name: "canvass", targets: ["CanvassCLI"]),
        .executable(name: "canvass-relay", targets: ["CanvassRelayCLI"]),
        .executable(name: "canvass-bench", targets: ["CanvassBenchmarks"]),
    ],
    traits: [.trait(name: "Postgres", description: "Lets relays keep what they hold in PostgreSQL, through libpq.")],
    targets: systemModules + bugs + engine + surveys + network + postgres + simulation + products + testTargets,
    swiftLanguageModes: [.v6]
)
