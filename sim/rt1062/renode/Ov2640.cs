// OV2640 image sensor on SCCB; the twin of sim/rt1062/devices/ov2640.py. For Renode 1.16.1; compiled at run
// time: C# 7.

using System;
using System.Linq;

namespace Antmicro.Renode.Peripherals.Sensors
{
    /// Two banks of registers.
    public class Ov2640
    {
        /// `now` gives the time in nanoseconds, `onRestart` is told when the frames begin anew.
        public Ov2640(Func<ulong> now, Action onRestart)
        {
            this.now = now;
            this.onRestart = onRestart;
            Awake = true;
            SetDefaults();
        }

        public bool Awake { get; set; }

        /// Over so many frames the exposure settles.
        public int Settling { get; set; }

        public ulong FramePeriodMicroseconds { get; set; }

        public bool Answers { get { return Awake && now() >= began; } }

        /// Power-on state, then as `Restart`.
        public void Reset()
        {
            SetDefaults();
            Restart(ResetMicroseconds);
        }

        /// Silence on SCCB for so long, then the first frame.
        public void Restart(ulong microseconds = ResetMicroseconds)
        {
            began = now() + microseconds * 1000;
            onRestart();
        }

        /// When the first frame begins that does not begin before `time`.
        public ulong NextFrame(ulong time)
        {
            var period = FramePeriodMicroseconds * 1000;
            return time <= began ? began : began + (time - began + period - 1) / period * period;
        }

        /// How far the exposure has settled by then, of Settling + 1 steps.
        public int Light(ulong time)
        {
            if((banks[Sensor][Com8] & 1) == 0 || time < began) { return 1; }
            return (int)Math.Min((time - began) / (FramePeriodMicroseconds * 1000) + 1, (ulong)Settling + 1);
        }

        /// What the registers say now.
        public Ov2640Output Output
        {
            get { return output = output ?? new Ov2640Output(banks[Dsp], banks[Sensor]); }
        }

        private void SetDefaults()
        {
            output = null;
            bank = Dsp;
            selected = 0;
            banks = new[] { new byte[256], new byte[256] };
            for(var i = 0; i < Defaults.Length; i++)
            {
                for(var j = 0; j < Defaults[i].Length; j += 2)
                {
                    banks[i][Defaults[i][j]] = Defaults[i][j + 1];
                }
            }
        }

        /// The first byte addresses a register, the second is its value, more are not looked at.
        public void Write(byte[] data)
        {
            if(data.Length > 0) { selected = data[0]; }
            if(data.Length > 1) { Store(data[1]); }
        }

        public byte Read(bool otherIdentity)
        {
            if(selected == BankSelect) { return (byte)bank; }
            if(bank == Sensor && otherIdentity && selected == ProductHigh) { return 0x77; }
            if(bank == Sensor && otherIdentity && selected == ProductLow) { return 0x21; }
            if(bank == Sensor && selected == Aec && Settling > 0) { return (byte)(banks[Sensor][Aec] + Light(now()) - 1); }
            return banks[bank][selected];
        }

        private void Store(byte value)
        {
            if(selected == BankSelect)
            {
                bank = value & 1;
            }
            else if(bank == Sensor && selected == Com7 && (value & 0x80) != 0)
            {
                Reset();
            }
            else if(bank != Sensor || !ReadOnly.Contains(selected))
            {
                banks[bank][selected] = value;
                output = null;
            }
        }

        private readonly Func<ulong> now;
        private readonly Action onRestart;
        private ulong began;
        private Ov2640Output output;
        private byte[][] banks;
        private int bank;
        private byte selected;

        private const int Dsp = 0, Sensor = 1;
        private const byte BankSelect = 0xFF, ProductHigh = 0x0A, ProductLow = 0x0B, Aec = 0x10, Com7 = 0x12, Com8 = 0x13;
        private const ulong ResetMicroseconds = 3000;
        private static readonly byte[] ReadOnly = { 0x0A, 0x0B, 0x1C, 0x1D };

        // Register, value, register, value, ... as in sim/rt1062/devices/ov2640.py.
        private static readonly byte[][] Defaults =
        {
            new byte[]
            {
                0x05, 0x01, 0x44, 0x0C, 0x50, 0x00, 0x51, 0x40, 0x52, 0xF0, 0x55, 0x08, 0x5A, 0x58, 0x5B, 0x48,
                0x86, 0x0D, 0x87, 0x50, 0xC0, 0x80, 0xC1, 0x60, 0xC2, 0x0C, 0xC3, 0xFF, 0xD3, 0x82, 0xE0, 0x04,
                0xF0, 0x04, 0xF7, 0x60, 0xF8, 0x01, 0xF9, 0x40, 0xFC, 0x80,
            },
            new byte[]
            {
                0x03, 0x0F, 0x04, 0x20, 0x08, 0x40, 0x0A, 0x26, 0x0B, 0x42, 0x0C, 0x38, 0x0D, 0x07, 0x10, 0x33,
                0x13, 0xC7, 0x14, 0x50, 0x17, 0x11, 0x18, 0x75, 0x19, 0x01, 0x1A, 0x97, 0x1C, 0x7F, 0x1D, 0xA2,
                0x24, 0x78, 0x25, 0x68, 0x26, 0xD4, 0x30, 0x08, 0x31, 0x30, 0x32, 0x36, 0x34, 0x20, 0x4B, 0x20,
                0x4F, 0xCA, 0x50, 0xA8, 0x61, 0x80, 0x62, 0x90,
            },
        };
    }
}
