// SCK, SDO and SDI of an LPSPI to a device whose chip select is a pin, for Renode 1.16.1. C# 7. Twin of SpiWire in
// sim/rt1062/unicorn/wires.py: a signal that is on no pad does not arrive, and the device takes only what it is
// made for.

using System.Collections.Generic;
using System.Globalization;
using Antmicro.Renode.Peripherals.SPI;

namespace Antmicro.Renode.Peripherals.Rt1062
{
    /// What is found is kept until a register changes that it depends on.
    public class LpspiWire
    {
        public LpspiWire(Iomuxc iomuxc, string block, Diagnoses diagnoses)
        {
            this.iomuxc = iomuxc;
            this.block = block;
            this.diagnoses = diagnoses;
        }

        public LpspiShifter Shifter { get; set; }

        public byte Transmit(ISPIPeripheral peripheral, byte value)
        {
            var device = peripheral as ISelectedByPin;
            if(device == null) { return peripheral.Transmit(value); }
            Judge(device);
            if(wrong.Count > 0 && device.Selected)
            {
                foreach(var text in wrong) { diagnoses.Tell(text); }
            }
            if(deaf) { return High; }
            var answer = peripheral.Transmit(sdo != "" ? High : value);
            return sdi != "" ? High : answer;
        }

        private void Judge(ISelectedByPin device)
        {
            var hz = Shifter.SckHz;
            if(version == iomuxc.Version && command == Shifter.Command && configuration == Shifter.Cfgr1 && sckHz == hz) { return; }
            version = iomuxc.Version;
            command = Shifter.Command;
            configuration = Shifter.Cfgr1;
            sckHz = hz;
            wrong.Clear();
            var reason = Deafness(device.MaxHz);
            deaf = reason != "";
            sdo = iomuxc.Output(block + "_SDO");
            sdi = iomuxc.Input(block + "_SDI");
            if(deaf)
            {
                wrong.Add(reason);
                return;
            }
            if(sdo != "") { wrong.Add("SDO is on no pad: " + sdo); }
            if(sdi != "") { wrong.Add("SDI listens to no pad: " + sdi); }
            if((command & LeastSignificantFirst) != 0) { wrong.Add(string.Format("TCR 0x{0:X8} has LSBF, the device takes bit 7 first", command)); }
        }

        // Why the device understands nothing, "" if it does.
        private string Deafness(uint maxHz)
        {
            var sck = iomuxc.Output(block + "_SCK");
            var mode = command >> 30; // CPOL, CPHA
            if(sck != "") { return "SCK is on no pad: " + sck; }
            if(mode != 0) { return string.Format("TCR 0x{0:X8} is SPI mode {1}, the device takes 0", command, mode); }
            if((command & Width) != 0) { return string.Format("TCR 0x{0:X8} has several data lines, the device has one", command); }
            if((configuration & PinConfiguration) != 0) { return string.Format("CFGR1 0x{0:X8} has PINCFG not 0, data on other pins than wired", configuration); }
            if(sckHz <= maxHz) { return ""; }
            return string.Format(CultureInfo.InvariantCulture, "CCR 0x{0:X8} makes an SCK of {1:F0} Hz, the device takes {2}", Shifter.Ccr, sckHz, maxHz);
        }

        private int version = -1;
        private uint command, configuration;
        private double sckHz;
        private bool deaf;
        private string sdo = "", sdi = "";
        private readonly Iomuxc iomuxc;
        private readonly string block;
        private readonly Diagnoses diagnoses;
        private readonly List<string> wrong = new List<string>();

        private const byte High = 0xFF; // a line that nobody drives is pulled up
        private const uint Width = 3 << 16, LeastSignificantFirst = 1 << 23; // of the command
        private const uint PinConfiguration = 3 << 24; // of CFGR1
    }
}
