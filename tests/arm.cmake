# Compiles for ARM (aarch64) Linux on another machine, and runs what was compiled by qemu. FORESELL_SYSROOT names the
# folder with the headers and libraries of an ARM Debian (tests/arm makes it).
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_SYSROOT "${FORESELL_SYSROOT}")
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES FORESELL_SYSROOT)
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-aarch64-static -L "${FORESELL_SYSROOT}")
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(ENV{PKG_CONFIG_LIBDIR} "${FORESELL_SYSROOT}/usr/lib/aarch64-linux-gnu/pkgconfig")
set(ENV{PKG_CONFIG_SYSROOT_DIR} "${FORESELL_SYSROOT}")
