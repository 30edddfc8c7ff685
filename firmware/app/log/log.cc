/// \file
/// Sends the camera's frames to whoever collects them, on command: the data logger.

#include "app/console/events.hpp"
#include "app/vision/camera_service.hpp"
#include "board.hpp"

namespace {

class Logger final : public app::CameraService {
 public:
  Logger() : CameraService("log") {}
};

Logger logger;

}  // namespace

int main() {
  board::Start();
  app::EndCutLine();
  logger.Serve();
}
