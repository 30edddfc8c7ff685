// Test only: transactions of the camera's vector file as monitor commands. For Renode 1.16.1; C# 7.

using System.Globalization;
using System.Linq;
using Antmicro.Renode.Peripherals.I2C;
using Antmicro.Renode.Peripherals.Rt1062;
using Antmicro.Renode.Peripherals.SPI;

namespace Antmicro.Renode.Peripherals.Tests
{
    public static class Transactions
    {
        /// Bytes on SPI in hexadecimal, separated by blanks; what came back in the same way.
        public static string Spi(this ISPIPeripheral device, string bytes)
        {
            return Text(Parse(bytes).Select(device.Transmit));
        }

        /// `kind` is write, read (STOP before the second START), restart (none) or current (no write).
        public static string Sccb(this II2CPeripheral device, string kind, int count, string bytes)
        {
            var answers = (II2CAcknowledge)device;
            if(kind != "current")
            {
                if(!answers.Acknowledges) { device.FinishTransmission(); return "nack"; }
                device.Write(Parse(bytes));
                if(kind != "restart") { device.FinishTransmission(); }
                if(kind == "write") { return ""; }
            }
            if(!answers.Acknowledges) { return "nack"; }
            var answer = Text(device.Read(count));
            device.FinishTransmission();
            return answer;
        }

        private static byte[] Parse(string text)
        {
            return text.Split(' ').Where(word => word != "").Select(word => byte.Parse(word, NumberStyles.HexNumber)).ToArray();
        }

        private static string Text(System.Collections.Generic.IEnumerable<byte> bytes)
        {
            return string.Join(" ", bytes.Select(one => one.ToString("X2")));
        }
    }
}
