// ArduCAM Mini 2MP Plus (ArduChip on SPI, chip select by GPIO) with OV2640 on SCCB, for Renode 1.16.1.
// Obeys sim/rt1062/devices/arducam_vectors.txt as sim/rt1062/devices/arducam.py and ov2640.py do; keep the three together.
// Compiled by Renode at run time: C# 7.

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Antmicro.Renode.Core;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals.I2C;
using Antmicro.Renode.Peripherals.Rt1062;
using Antmicro.Renode.Peripherals.SPI;
using Antmicro.Renode.Time;

namespace Antmicro.Renode.Peripherals.Sensors
{
    /// The module: pins and buses, the frame FIFO, capture in virtual time, faults.
    public class ArducamOv2640 : ISPIPeripheral, II2CPeripheral, IGPIOReceiver, II2CAcknowledge, ISelectedByPin
    {
        public ArducamOv2640(IMachine machine, ulong framePeriodMicroseconds = 66667)
        {
            this.machine = machine;
            FramePeriodMicroseconds = framePeriodMicroseconds;
            SetDefaults();
        }

        public Lpspi Bus { get; set; }

        // The world: what the bench calls through the monitor. Only RecoverableException may leave these.

        public ulong FramePeriodMicroseconds { get; set; }

        public int QueuedFrames { get { return queue.Count; } }

        public int CapturedFrames { get { return capturedIds.Count; } }

        /// Queues the file's bytes as one frame.
        public void FeedFrame(string path, string id = "")
        {
            byte[] bytes;
            try
            {
                bytes = File.ReadAllBytes(path);
            }
            catch(Exception e)
            {
                throw new RecoverableException("frame not read: " + e.Message);
            }
            Feed(bytes, id);
        }

        /// Ids of the captures from number `start` on (0 is the first), each behind its own comma;
        /// a repeated or a black frame has an empty one.
        public string CapturedIds(int start = 0)
        {
            if(start < 0)
            {
                throw new RecoverableException("start must not be negative, not " + start);
            }
            return string.Concat(capturedIds.Skip(start).Select(id => "," + id));
        }

        /// Names and meanings: FAULTS in sim/rt1062/camera_faults.py. A value of -1 asks for the default.
        public void SetFault(string name, int value = -1)
        {
            int standard;
            if(!Faults.TryGetValue(name ?? "", out standard))
            {
                throw new RecoverableException("fault must be one of " + string.Join(", ", Faults.Keys) + ", not " + name);
            }
            if(standard == NoValue && value != -1)
            {
                throw new RecoverableException("fault " + name + " must have no value, not " + value);
            }
            var least = name == "flipped_bytes" ? 1 : 0;
            if(value != -1 && value < least)
            {
                throw new RecoverableException("value of fault " + name + " must be at least " + least + ", not " + value);
            }
            faults[name] = value == -1 ? standard : value;
        }

        public void ClearFaults()
        {
            faults.Clear();
        }

        /// Power off and on. Fed frames, captured ids and faults belong to the world and stay.
        public void PowerCycle()
        {
            Reset();
            sensor.SetDefaults();
            SetDefaults();
        }

        // SPI.

        /// The reset of the microcontroller does not reach the camera: its chip select rises, no more.
        public void Reset()
        {
            OnGPIO(0, true);
        }

        /// Input 0 is the chip select, active low; an edge ends a command and starts the next.
        public void OnGPIO(int number, bool level)
        {
            if(number != 0 || selected != level)
            {
                return;
            }
            if(Bus != null) { Bus.CatchUp(); } // what is on the wire still goes with the old level
            selected = !level;
            phase = Phase.Command;
        }

        public byte Transmit(byte data)
        {
            if(faults.Count > 0)
            {
                if(faults.ContainsKey("absent")) { return NotDriven; }
                if(faults.ContainsKey("dead_spi")) { return 0; }
            }
            if(!selected) { return NotDriven; }
            switch(phase)
            {
            case Phase.Command:
                address = data & 0x7F;
                phase = (data & 0x80) != 0 ? Phase.Write : address == BurstFifoRead ? Phase.Burst : Phase.Read;
                return 0;
            case Phase.Burst:
                return Pop();
            case Phase.Read:
                phase = Phase.Ignore;
                return ReadRegister();
            case Phase.Write:
                phase = Phase.Ignore;
                WriteRegister(data);
                return 0;
            default:
                return 0;
            }
        }

        // The end of a byte's frame on SPI says nothing: only the chip select ends a command.
        void ISPIPeripheral.FinishTransmission() { }

        // SCCB.

        public bool Acknowledges
        {
            get { return sensor.Awake && !faults.ContainsKey("absent") && !faults.ContainsKey("sccb_nack"); }
        }

        /// The bytes between START and STOP (or repeated START).
        void II2CPeripheral.Write(byte[] data)
        {
            if(Acknowledges) { sensor.Write(data); }
        }

        byte[] II2CPeripheral.Read(int count)
        {
            var value = Acknowledges ? sensor.Read(faults.ContainsKey("wrong_identity")) : NotDriven;
            return Enumerable.Repeat(value, count).ToArray();
        }

        void II2CPeripheral.FinishTransmission() { }

        private void Feed(byte[] bytes, string id)
        {
            if(bytes.Length == 0)
            {
                throw new RecoverableException("frame must hold at least one byte, not none");
            }
            queue.Enqueue(new Frame { Bytes = bytes, Id = id });
        }

        private void SetDefaults()
        {
            generation++;
            registers = new byte[8];
            fifo = new byte[0];
            pointer = 0;
            done = false;
            framesLeft = 0;
            phase = Phase.Command;
            DriveSensorPins();
        }

        private byte ReadRegister()
        {
            switch(address)
            {
            case SingleFifoRead: return Pop();
            case Rev: return Revision;
            case Trig: return (byte)(done ? CaptureDone : 0);
            case FifoSize1: return (byte)ShownLength;
            case FifoSize2: return (byte)(ShownLength >> 8);
            case FifoSize3: return (byte)(ShownLength >> 16);
            case GpioRead: return registers[Gpio];
            default: return address < registers.Length ? registers[address] : (byte)0;
            }
        }

        private void WriteRegister(byte value)
        {
            if(address == Fifo)
            {
                ControlFifo(value);
                return;
            }
            if(address >= registers.Length)
            {
                return;
            }
            if(address == CpldReset && (value & 0x80) != 0) { SetDefaults(); }
            registers[address] = value;
            if(address == GpioDirection || address == Gpio) { DriveSensorPins(); }
        }

        private void ControlFifo(byte value)
        {
            if((value & FifoClear) != 0) { done = false; }
            if((value & FifoReadPointerReset) != 0) { pointer = 0; }
            if((value & FifoWritePointerReset) != 0) { EmptyFifo(); }
            if((value & FifoStart) != 0) { StartCapture(); }
        }

        private void EmptyFifo()
        {
            fifo = new byte[0];
            pointer = 0;
        }

        private int Length
        {
            get
            {
                var length = fifo.Length == 0 || faults.ContainsKey("exact_length")
                    ? fifo.Length : Math.Min(fifo.Length + SurplusBytes, MaximumFifoLength);
                int most;
                return faults.TryGetValue("short_fifo", out most) ? Math.Min(length, most) : length;
            }
        }

        private int ShownLength
        {
            get
            {
                return faults.ContainsKey("length_zero") ? 0
                    : faults.ContainsKey("length_too_long") ? MaximumFifoLength : Length;
            }
        }

        private byte Pop()
        {
            int value;
            if(faults.TryGetValue("unplugged", out value) && pointer == value)
            {
                faults["absent"] = NoValue;
                return NotDriven;
            }
            if(faults.TryGetValue("brown_out", out value) && pointer == value)
            {
                faults.Remove("brown_out");
                sensor.SetDefaults();
                SetDefaults();
                return 0;
            }
            if(pointer >= Math.Min(Length, fifo.Length)) { return 0; }
            var place = faults.TryGetValue("stuck_bytes", out value) ? Math.Min(pointer, value) : pointer;
            pointer++;
            var flipped = faults.TryGetValue("flipped_bytes", out value) && pointer % value == 0;
            return (byte)(fifo[place] ^ (flipped ? 1 : 0));
        }

        // Reset and the LDO are driven only where GPIO_DIR makes the pin an output, power-down always.
        private void DriveSensorPins()
        {
            var low = registers[GpioDirection] & ~registers[Gpio];
            var off = (low & (GpioReset | GpioPowerEnable)) != 0;
            if(off) { sensor.SetDefaults(); }
            var awake = !off && (registers[Gpio] & GpioPowerDown) == 0;
            if(awake == sensor.Awake) { return; }
            sensor.Awake = awake;
            generation++;
            if(awake && framesLeft > 0) { ExpectFrame(0); }
        }

        private void StartCapture()
        {
            generation++;
            EmptyFifo();
            framesLeft = (registers[Frames] & 7) + 1;
            int milliseconds;
            faults.TryGetValue("late_frame", out milliseconds);
            if(sensor.Awake) { ExpectFrame((ulong)milliseconds * 1000); }
        }

        private void ExpectFrame(ulong lateMicroseconds)
        {
            var mine = ++generation;
            machine.ScheduleAction(TimeInterval.FromMicroseconds(FramePeriodMicroseconds + lateMicroseconds),
                _ => { if(mine == generation) { EndFrame(); } });
        }

        private void EndFrame()
        {
            if(faults.ContainsKey("capture_never_done")) { return; }
            var frame = queue.Count > 0 ? queue.Dequeue() : new Frame { Bytes = lastFrame, Id = "" };
            lastFrame = frame.Bytes;
            capturedIds.Add(frame.Id);
            var bytes = sensor.LowByteFirst ? SwapPairs(frame.Bytes) : frame.Bytes;
            fifo = fifo.Concat(bytes.Take(MaximumFifoLength - fifo.Length)).ToArray();
            if((registers[Frames] & 7) != UntilFull)
            {
                framesLeft--;
            }
            else if(fifo.Length == MaximumFifoLength)
            {
                framesLeft = 0;
            }
            if(framesLeft > 0) { ExpectFrame(0); } else { done = true; }
        }

        private static byte[] SwapPairs(byte[] frame)
        {
            var swapped = (byte[])frame.Clone();
            for(var i = 0; i + 1 < frame.Length; i += 2)
            {
                swapped[i] = frame[i + 1];
                swapped[i + 1] = frame[i];
            }
            return swapped;
        }

        private readonly IMachine machine;
        private readonly Ov2640 sensor = new Ov2640();
        private readonly Queue<Frame> queue = new Queue<Frame>();
        private readonly List<string> capturedIds = new List<string>();
        private readonly Dictionary<string, int> faults = new Dictionary<string, int>();
        private byte[] registers, fifo, lastFrame = new byte[FrameBytes];
        private int address, pointer, framesLeft, generation;
        private bool selected, done;
        private Phase phase;

        private const int FrameBytes = 96 * 96 * 2, MaximumFifoLength = 0x7FFFFF, UntilFull = 7, SurplusBytes = 8;
        private const byte NotDriven = 0xFF, Revision = 0x73, CaptureDone = 0x08;
        private const int Frames = 0x01, Fifo = 0x04, GpioDirection = 0x05, Gpio = 0x06, CpldReset = 0x07;
        private const int BurstFifoRead = 0x3C, SingleFifoRead = 0x3D, Rev = 0x40, Trig = 0x41;
        private const int FifoSize1 = 0x42, FifoSize2 = 0x43, FifoSize3 = 0x44, GpioRead = 0x45;
        private const int FifoClear = 0x01, FifoStart = 0x02, FifoReadPointerReset = 0x10, FifoWritePointerReset = 0x20;
        private const int GpioReset = 0x01, GpioPowerDown = 0x02, GpioPowerEnable = 0x04;
        private const int NoValue = -1;

        // Fault name and the default of its value.
        private static readonly Dictionary<string, int> Faults = new Dictionary<string, int>
        {
            { "absent", NoValue }, { "wrong_identity", NoValue }, { "dead_spi", NoValue }, { "capture_never_done", NoValue },
            { "late_frame", 200 }, { "length_zero", NoValue }, { "length_too_long", NoValue }, { "exact_length", NoValue },
            { "short_fifo", FrameBytes / 2 },
            { "stuck_bytes", 0 }, { "flipped_bytes", 256 }, { "unplugged", FrameBytes / 2 },
            { "brown_out", FrameBytes / 2 }, { "sccb_nack", NoValue },
        };

        private enum Phase { Command, Read, Write, Burst, Ignore }

        private class Frame
        {
            public byte[] Bytes;
            public string Id;
        }

        /// The sensor: two banks of registers, of which only the byte order of RGB565 changes a frame.
        private class Ov2640
        {
            public Ov2640()
            {
                Awake = true;
                SetDefaults();
            }

            public bool Awake { get; set; }

            public bool LowByteFirst
            {
                get { return (banks[Dsp][ImageMode] & 0x1D) == Rgb565LowByteFirst; }
            }

            public void SetDefaults()
            {
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
                    SetDefaults();
                }
                else if(bank != Sensor || !ReadOnly.Contains(selected))
                {
                    banks[bank][selected] = value;
                }
            }

            private byte[][] banks;
            private int bank;
            private byte selected;

            private const int Dsp = 0, Sensor = 1;
            private const byte BankSelect = 0xFF, ImageMode = 0xDA, ProductHigh = 0x0A, ProductLow = 0x0B, Com7 = 0x12;
            private const int Rgb565LowByteFirst = 0x09;
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
}
