# cmake --install: headers, archives, the command, and what makes them be found
# (find_package(Limen), pkg-config). Nothing in it knows the prefix: the tree can be moved.
include(CMakePackageConfigHelpers)

set(limen_package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/Limen")
set(limen_installed limen_core limen_limen)

if(LIMEN_ENGINE_WASMTIME)
  list(APPEND limen_installed limen_wasmtime)
  # The engine's archive is part of the package: a static library is only half of it.
  get_target_property(archive limen::engine_wasmtime IMPORTED_LOCATION)
  install(FILES "${archive}" DESTINATION "${CMAKE_INSTALL_LIBDIR}/limen")
endif()

install(
  TARGETS ${limen_installed}
  EXPORT LimenTargets
  ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}"
  FILE_SET HEADERS DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
if(LIMEN_BUILD_COMMAND)
  install(TARGETS limen RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
endif()

install(EXPORT LimenTargets NAMESPACE limen:: DESTINATION "${limen_package_dir}")
configure_package_config_file(
  cmake/LimenConfig.cmake.in LimenConfig.cmake
  INSTALL_DESTINATION "${limen_package_dir}"
  PATH_VARS CMAKE_INSTALL_LIBDIR
  NO_SET_AND_CHECK_MACRO)
# Until 1.0 a minor version may change the interface.
write_basic_package_version_file(LimenConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/LimenConfig.cmake"
              "${CMAKE_CURRENT_BINARY_DIR}/LimenConfigVersion.cmake"
        DESTINATION "${limen_package_dir}")

# limen.pc finds the prefix from where it lies itself.
cmake_path(RELATIVE_PATH CMAKE_INSTALL_PREFIX
           BASE_DIRECTORY "${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig" OUTPUT_VARIABLE limen_pc_to_prefix)
set(limen_pc_libs "-llimen-core")
set(limen_pc_private "-lpthread")
if(LIMEN_ENGINE_WASMTIME)
  set(limen_pc_libs "-llimen-wasmtime -llimen-core")
  set(limen_pc_private "\${libdir}/limen/libwasmtime.a -ldl -lm -lpthread")
endif()
configure_file(cmake/limen.pc.in limen.pc @ONLY)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/limen.pc"
        DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
