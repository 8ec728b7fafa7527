# Database servers for tests: ctest starts each once, for all tests that need it, and stops it after
# the last. Where one is not installed, its tests are skipped.
set(servers ${PROJECT_SOURCE_DIR}/tests/servers)
set(servers_folder ${PROJECT_BINARY_DIR}/tests/servers)

foreach(server postgres mariadb)
  add_test(NAME ${server}_start COMMAND ${servers} start ${server} ${servers_folder}/${server})
  add_test(NAME ${server}_stop COMMAND ${servers} stop ${servers_folder}/${server})
  set_tests_properties(${server}_start PROPERTIES FIXTURES_SETUP ${server})
  set_tests_properties(${server}_stop PROPERTIES FIXTURES_CLEANUP ${server})
  set_tests_properties(${server}_start ${server}_stop PROPERTIES
    LABELS servers SKIP_RETURN_CODE 77 TIMEOUT 120)
endforeach()

# kameng_server_test(NAME SERVER COMMAND...): runs while the server does; it exits with 77 without.
function(kameng_server_test name server)
  add_test(NAME ${name} COMMAND ${ARGN})
  set_tests_properties(${name} PROPERTIES LABELS servers SKIP_RETURN_CODE 77
    FIXTURES_REQUIRED ${server} ENVIRONMENT KAMENG_TEST_SERVERS=${PROJECT_BINARY_DIR}/tests/servers)
endfunction()
