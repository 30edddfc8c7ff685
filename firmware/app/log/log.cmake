# The log app: a camera and no model.

add_app(log app/log/log.cc ${CAMERA_SOURCES})
