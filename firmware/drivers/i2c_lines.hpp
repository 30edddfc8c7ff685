/// \file
/// SCL and SDA by hand, for a bus that a device holds low.
#pragma once

namespace drivers {

class I2cLines {
 public:
  /// Takes both lines from the I2C block, released.
  virtual void Take() = 0;
  /// Gives them back.
  virtual void Give() = 0;
  /// False pulls the line low, true lets it go.
  virtual void SetScl(bool level) = 0;
  virtual void SetSda(bool level) = 0;
  /// What the line shows.
  virtual bool Sda() const = 0;

 protected:
  ~I2cLines() = default;
};

}  // namespace drivers
