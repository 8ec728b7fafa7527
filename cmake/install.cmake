# What `cmake --install` puts where: both libraries, the headers, the CMake package and kameng.pc.
# tests/install proves each way in with a project of its own.
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/kameng)

install(TARGETS kameng kameng_shared EXPORT kamengTargets
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY include/kameng DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.hpp")
install(DIRECTORY capi/include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")

install(EXPORT kamengTargets NAMESPACE kameng:: DESTINATION ${package_dir})
configure_package_config_file(cmake/kamengConfig.cmake.in ${PROJECT_BINARY_DIR}/kamengConfig.cmake
  INSTALL_DESTINATION ${package_dir} NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/kamengConfigVersion.cmake
  VERSION ${PROJECT_VERSION} COMPATIBILITY SameMajorVersion)
install(FILES ${PROJECT_BINARY_DIR}/kamengConfig.cmake ${PROJECT_BINARY_DIR}/kamengConfigVersion.cmake
  DESTINATION ${package_dir})

# The prefix is reckoned from where kameng.pc lies, so that a tree that was moved still works.
file(RELATIVE_PATH kameng_pc_prefix /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
string(REGEX REPLACE "/$" "" kameng_pc_prefix "${kameng_pc_prefix}")
configure_file(cmake/kameng.pc.in ${PROJECT_BINARY_DIR}/kameng.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/kameng.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
