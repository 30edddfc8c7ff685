// Test only: transactions of the camera's vector file as monitor commands. For Renode 1.16.1; C# 7.

using System.Globalization;
using System.Linq;
using Antmicro.Renode.Peripherals.I2C;
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

        /// The CRC-32 of as many bytes.
        public static string Crc(this ISPIPeripheral device, int length)
        {
            var crc = 0xFFFFFFFF;
            for(var i = 0; i < length; i++)
            {
                crc ^= device.Transmit(0);
                for(var bit = 0; bit < 8; bit++) { crc = crc >> 1 ^ ((crc & 1) != 0 ? 0xEDB88320 : 0); }
            }
            return (~crc).ToString("X8");
        }

        /// `kind` is write, read (STOP before the second START), restart (none) or current (no write).
        public static string Sccb(this II2CPeripheral device, string kind, int count, string bytes)
        {
            if(kind != "current")
            {
                if(!Acknowledges(device)) { device.FinishTransmission(); return "nack"; }
                device.Write(Parse(bytes));
                if(kind != "restart") { device.FinishTransmission(); }
                if(kind == "write") { return ""; }
            }
            if(!Acknowledges(device)) { return "nack"; }
            var answer = Text(device.Read(count));
            device.FinishTransmission();
            return answer;
        }

        // Looked up by name: what Renode has compiled of this file must not need one state of the models,
        // which are compiled apart.
        private static bool Acknowledges(II2CPeripheral device)
        {
            return (bool)device.GetType().GetProperty("Acknowledges").GetValue(device, null);
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
