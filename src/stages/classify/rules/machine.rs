//! The machine under the job: disk, memory, limits, and what the kernel kills.

use super::super::rule::Rule;

pub const RULES: &[Rule] = &[
    // strerror(ENOSPC), strerror(EDQUOT); GNU tar's short write (paxutils `write_error_details`); Windows ERROR_DISK_FULL; SQLite SQLITE_FULL; actions/runner's own word.
    Rule::environment(
        "disk.full",
        &["no space left on device", "enospc", "disk quota exceeded", "not enough space on the disk", "disk is full", "not enough free space", "don't have enough free space", "device out of space", "wrote only "],
        r"no space left on device|\bENOSPC\b|disk quota exceeded|not enough space on the disk|(database or )?disk is full|(not|don't have) enough free space in|tar: .{1,200}: wrote only \d+ of \d+ bytes",
        0.95,
        "the disk is full",
    )
    .above_all(),
    // inotify(7): ENOSPC from inotify_add_watch is about watches; Node words it so.
    Rule::environment(
        "limits.files",
        &["file watchers reached", "too many open files", "emfile", "inotify watch limit", "resource temporarily unavailable"],
        r"number of file watchers reached|too many open files|\bEMFILE\b|inotify watch limit|fork: (retry: )?resource temporarily unavailable|cannot fork",
        0.7,
        "a limit of the machine is reached: open files, watches or processes",
    ),
    // Linux mm/oom_kill.c; V8 `FatalProcessOutOfMemory`; HotSpot `os::Linux`; Gradle `DaemonDisappearedException`; gcc.c
    // ("Killed signal terminated program"); cargo prints the signal.
    Rule::environment(
        "memory.exhausted",
        &[
            "out of memory",
            "cannot allocate memory",
            "oom-kill",
            "oomkilled",
            "oom_kill",
            "killed process",
            "heap limit",
            "virtual memory exhausted",
            "insufficient memory for the java",
            "daemon disappeared",
            "signal: 9",
            "signal 9",
            "killed signal terminated",
            "internal compiler error: killed",
            "unable to create native thread",
            "std::bad_alloc",
            "compiler error: killed",
            "enomem",
        ],
        r"heap out of memory|reached heap limit|(virtual memory exhausted|fatal error).{0,60}out of memory|virtual memory exhausted|cannot allocate memory|\bENOMEM\b|oom[-_ ]?kill|out of memory: killed process|insufficient memory for the java runtime|daemon disappeared unexpectedly|\(signal: 9, SIGKILL|terminated (by|with) signal 9|killed signal terminated program|internal compiler error: killed|unable to create native thread|(cc1plus|cc1|ld|rustc|clang\S*): .{0,20}(out of memory|bad_alloc)",
        0.88,
        "the machine ran out of memory",
    )
    .above_all(),
    // GNU ld writes its output through mmap: SIGBUS (7) where the disk has no room for it; gcc.c prints the signal.
    Rule::environment(
        "disk.linker-killed",
        &["terminated with signal 7"],
        r"\bld terminated with signal 7\b",
        0.8,
        "the linker could not write its output: mostly the disk is full",
    )
    .above_all(),
    // Java `OutOfMemoryError`: the heap that the build gave itself, or a leak in the code. Gradle names the reason alone.
    Rule::environment(
        "memory.java-heap",
        &["outofmemoryerror", "gc overhead limit", "> java heap space"],
        r"java\.lang\.OutOfMemoryError|GC overhead limit exceeded|^\s*> Java heap space$",
        0.65,
        "a Java program ran out of its heap",
    ),
    // 128 + 9 (POSIX shells): the kernel or the container's limit killed it. Alone it is nearly always memory.
    Rule::environment(
        "memory.killed",
        &["exit code 137", "exit status 137", "returned 137", "exited with 137", "code: 137", "exit code -9"],
        r"\b(exit(ed)?( with)?|returned|error)( code| status)?:? (137|-9)\b|exit code: 137",
        0.8,
        "the program was killed with SIGKILL: mostly for want of memory",
    )
    .above_all(),
    // strerror(EACCES), strerror(EPERM) on devices and system folders.
    Rule::environment(
        "file.permission-denied",
        &["permission denied", "eacces", "operation not permitted", "read-only file system", "erofs", "access to the path"],
        r"permission denied:? ?.{0,30}['\x22( ]/(usr|etc|var|opt|root|dev|proc|sys|mnt|__w|github)\b|(^|['\x22( ])/(usr|etc|var|opt|root|dev|proc|sys|mnt|__w|github)/[^\s:'\x22]*['\x22)]?:? permission denied|\bEACCES\b|\bEPERM\b|operation not permitted|read-only file system|\bEROFS\b|access to the path .{1,200} is denied",
        0.65,
        "the system refused access to a file or device",
    ),
    // ioctl and device nodes of virtual machines and emulators.
    Rule::environment(
        "machine.virtualisation",
        &["/dev/kvm", "hardware acceleration", "hypervisor", "no usable sandbox", "cannot open display", "missing x server", "unable to open x display", "could not connect to display", "failed to connect to the bus"],
        r"/dev/kvm.{0,60}(not found|permission|denied|no such)|(no|requires) hardware acceleration|no usable sandbox|cannot open display|missing X server|unable to open X display|could not connect to display",
        0.8,
        "the machine has no display, sandbox or virtualisation that the program needs",
    ),
];
